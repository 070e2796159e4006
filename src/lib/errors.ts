import type { TemporaryFailure } from './unable.ts'

/** A request that is refused: the message is shown to the person who made it, under this HTTP status. */
export class Refusal extends Error {
  readonly statusCode: number
  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** A request that would break a rule of the domain. Nothing was changed. */
export class RuleError extends Refusal {
  constructor(message: string) {
    super(409, message)
  }
}

/**
 * A request that can't be met now but can in `seconds`: a page reloads itself then, and a form is given back as it was
 * sent.
 */
export class RetryLater extends Error implements TemporaryFailure {
  readonly reason: string
  readonly seconds: number
  constructor(reason: string, seconds: number) {
    super(reason)
    this.reason = reason
    this.seconds = seconds
  }
}
