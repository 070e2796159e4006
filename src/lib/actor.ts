/** The staff member who makes a change, and the moment of the change. */
export interface Actor {
  id: number
  now: Date
}

/** A change that no staff member made: it was made on the sign-in page or from the server's command line. */
export interface Nobody {
  id: null
  now: Date
}
