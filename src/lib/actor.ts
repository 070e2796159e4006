/** Who changes something, and when. */
export interface Actor {
  id: number
  now: Date
}

/** For what happens at the sign-in page or the server's command line. */
export interface Nobody {
  id: null
  now: Date
}
