/** The groups and the customer that every shop begins with. Migrations create them with these ids. */
export const DEFAULT_GROUP = 1
export const WALK_IN_GROUP = 2
export const WALK_IN_CUSTOMER = 1

/** The group id of an import into several groups, which its file names. */
export const NO_GROUP = 0
