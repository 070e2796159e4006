/** A line chart over columns of equal width. Its template draws it in a box of 100 by 100, which the page stretches. */
export interface Chart {
  /** The labels of the vertical axis, from top to bottom. */
  ticks: string[]
  lines: { name: string; path: string }[]
  columns: { short: string; name: string; values: string[] }[]
}

interface Axis {
  /** The axis never ends below this value. */
  least: number
  tick: (value: number) => string
}

interface Line {
  name: string
  values: (number | null)[]
  /** The text that is shown for each value. */
  texts: string[]
}

export function chartOf(columns: { short: string; name: string }[], lines: Line[], { least, tick }: Axis): Chart {
  const top = roundTop(Math.max(least, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))))
  return {
    ticks: [top, top / 2, 0].map(tick),
    lines: lines.map(({ name, values }) => ({ name, path: pathOf(values, top) })),
    columns: columns.map((column, place) => ({ ...column, values: lines.map(({ texts }) => texts[place] ?? '') }))
  }
}

/** The smallest round number that is at least `value`, and whose half is round too. */
function roundTop(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8].find((step) => step * unit >= value) ?? 10) * unit
}

/** An SVG path through the middle of each column. A negative value, as returns cause, is drawn at zero. */
function pathOf(values: (number | null)[], top: number): string {
  const points = values.flatMap((value, place) => {
    if (value === null) return []
    const x = ((place + 0.5) / values.length) * 100
    return [`${rounded(x)},${rounded(100 - (Math.max(0, value) / top) * 100)}`]
  })
  return points.length ? `M${points.join('L')}` : ''
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
