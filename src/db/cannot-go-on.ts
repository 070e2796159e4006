import { StartError } from '../config.ts'

/** This version of Clientele can't use a database, or a data folder, as it is. */
export class CannotGoOn extends StartError {
  /** The reason, as the end of a sentence that begins "…, because". */
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}
