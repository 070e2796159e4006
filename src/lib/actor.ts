/** Who makes a change, and the moment of the change: a staff member, or a till that may act as a manager does. */
export interface Actor {
  id: number | null
  /** The till, where no staff member made the change. */
  till?: number | null
  now: Date
}

/** A staff member who makes a change. */
export interface StaffActor extends Actor {
  id: number
}

/** A change that no staff member made: it was made on the sign-in page or from the server's command line. */
export interface Nobody {
  id: null
  now: Date
}
