import type { Unable } from './unable.ts'

/** An answer other than the page that was asked for, in words for the person who asked. */
export class Refusal extends Error {
  readonly statusCode: number
  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** A rule of the domain that the request would break; nothing was changed. */
export class RuleError extends Refusal {
  constructor(message: string) {
    super(409, message)
  }
}

/** What can't be done at this moment, and can a little later: a page asks for itself again, and a form is given back. */
export class ForLater extends Error implements Unable {
  readonly reason: string
  readonly seconds: number
  constructor(reason: string, seconds: number) {
    super(reason)
    this.reason = reason
    this.seconds = seconds
  }
}
