export const GENDERS = ['female', 'male', 'other'] as const
export type Gender = (typeof GENDERS)[number]

/** As people read them. */
export const GENDER_NAMES: Record<Gender, string> = { female: 'Female', male: 'Male', other: 'Other' }
