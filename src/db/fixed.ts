/** The groups and the customer that every shop begins with; the migrations give them these ids. */
export const DEFAULT_GROUP = 1
export const WALK_IN_GROUP = 2
export const WALK_IN_CUSTOMER = 1

/** In place of one group's: of an import into whichever groups its file names. */
export const NO_GROUP = 0
