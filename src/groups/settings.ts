import { sql } from 'kysely'
import { onOff, percentage, text } from './setting-kinds.ts'

/**
 * The settings of a primary group. Everything that deals with them is made from this list: the form and its conflict,
 * the head of a group's pages, Compare, the activity, undoing a deletion, reading groups, and deciding sales. What a
 * setting means at a till is in src/sales/policy.ts.
 */
export const SETTINGS = [
  onOff({
    name: 'restrictsPurchases',
    column: 'restricts_purchases',
    label: 'Restrict purchases',
    hint: 'Customers in this group can’t buy at all.',
    short: 'Purchases',
    words: { on: 'restricted', off: 'allowed' },
    spoken: 'restrict purchases'
  }),
  onOff({
    name: 'allowsOnAccount',
    column: 'allows_on_account',
    label: 'Allow on-account sale',
    hint: 'They can buy now and pay later.',
    hintOfDefault: 'So can every new customer.',
    short: 'On account',
    spoken: 'allow on-account sale',
    isNotForWalkIn: true
  }),
  onOff({
    name: 'allowsDiscounts',
    column: 'allows_discounts',
    label: 'Allow manual discounts',
    hint: 'The cashier can give them a discount at the till.',
    hintOfDefault: 'Every new customer too.',
    short: 'Manual discounts',
    spoken: 'allow manual discounts'
  }),
  percentage({
    name: 'largestDiscount',
    column: 'largest_discount',
    label: 'Largest manual discount',
    hint: 'Empty means no limit.',
    short: 'Largest discount',
    spoken: 'largest manual discount'
  }),
  percentage({
    name: 'automaticDiscount',
    column: 'automatic_discount',
    label: 'Automatic discount',
    hint: 'The till takes it off every price.',
    short: 'Automatic discount',
    spoken: 'automatic discount'
  }),
  text({
    name: 'priceList',
    column: 'price_list',
    label: 'Price list',
    longest: 80,
    hint: 'Its name at the till, such as “trade”.',
    short: 'Price list',
    spoken: 'price list'
  }),
  text({
    name: 'purchaseMessage',
    column: 'purchase_message',
    label: 'Message for the cashier',
    longest: 200,
    hint: 'What the till says where purchases are restricted.',
    below: 'restrictsPurchases',
    short: 'Message',
    spoken: 'message for the cashier'
  })
]

export type Setting = (typeof SETTINGS)[number]
type BySetting<Key extends keyof Setting> = { [One in Setting as One['name']]: One[Key] }

/** The settings of one group. */
export type SettingValues = BySetting<'none'>

/** One part of every setting, by the setting's name. The objects of a form or an entity are made of this. */
export function partsOf<Key extends keyof Setting>(key: Key): BySetting<Key> {
  return byName((setting) => setting[key])
}

export const NO_SETTINGS: SettingValues = partsOf('none')

/** Picks the settings out of a group, or out of any object that has them. */
export function settingsOf(group: SettingValues): SettingValues {
  return byName(({ name }) => group[name])
}

/** The settings in the shape that the form works with. */
export function toForm(group: SettingValues): { [One in Setting as One['name']]: ReturnType<One['toForm']> } {
  return byName((setting) => setting.toForm(group[setting.name]))
}

/** The settings that Walk-in may not have, each with the value that it has instead. */
export const NOT_FOR_WALK_IN: Partial<SettingValues> = Object.fromEntries(
  SETTINGS.filter(({ isNotForWalkIn }) => isNotForWalkIn).map(({ name, none }) => [name, none])
)

// TypeScript can't tell that each name gets the value of its own setting.
function byName<Result>(of: (setting: Setting) => unknown): Result {
  return Object.fromEntries(SETTINGS.map((setting) => [setting.name, of(setting)])) as Result
}

/** The settings' columns, for an insert or a delete. */
export const SETTING_COLUMNS = sql.join(SETTINGS.map(({ column }) => sql.ref(column)))

/** The settings' columns, for a select. Decimals are cast to text, because JSON would turn them into floats. */
export const SETTINGS_AS_KEPT = sql.join(SETTINGS.map((one) => sql`${selected(one)} as ${sql.ref(one.column)}`))

/** The settings under their names in TypeScript, for a select whose rows do not become entities. */
export const SETTINGS_BY_NAME = sql.join(SETTINGS.map((one) => sql`${selected(one)} as ${sql.ref(one.name)}`))

function selected({ kind, column }: Setting) {
  return kind === 'percentage' ? sql`${sql.ref(column)}::text` : sql.ref(column)
}

/** Default values, as JSON, for groups that were kept as JSON before a setting existed. */
export const NO_SETTINGS_AS_KEPT = JSON.stringify(
  Object.fromEntries(SETTINGS.map(({ column, none }) => [column, none]))
)
