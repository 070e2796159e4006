/** An amount of cents as a decimal: 1250 is "12.50". Money is never a float with a fraction. */
export function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** A number of thousandths as a decimal: 482 is "0.482", and 3000 is "3". */
export function quantity(thousandths: number): string {
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : (thousandths / 1000).toFixed(3)
}
