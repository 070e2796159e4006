import { StartError } from '../config.ts'

/** What is in a database, or in a data folder, is of no use to this Clientele as it is. */
export class CannotGoOn extends StartError {
  /** In words that go on after "because". */
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}
