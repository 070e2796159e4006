/** What the database can't do for now; nothing is wrong with what was asked of it. */
export interface Unable {
  /** A sentence for whoever asked. */
  reason: string
  /** After these it is worth trying again. */
  seconds: number
}
