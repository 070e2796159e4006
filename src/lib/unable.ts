/** Why the database can't do for now what it was asked, although nothing is wrong with the request. */
export interface TemporaryFailure {
  /** A sentence for the person who made the request. */
  reason: string
  /** The number of seconds after which another attempt makes sense. */
  seconds: number
}
