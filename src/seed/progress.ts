const REDRAW_MS = 200
const REPORT_MS = 5_000
const BAR = 24

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

interface Screen {
  isTTY?: boolean
  write(text: string): unknown
}

/**
 * Shows how far a long command is: a terminal gets one line that is redrawn, anything else a line every five seconds.
 */
export class Progress {
  readonly #screen: Screen
  #phase = ''
  #total = 0
  #done = 0
  #began = 0
  #shown = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Begins a phase of exactly, or roughly, `total` rows or steps. */
  begin(phase: string, total: number): void {
    this.#phase = phase
    this.#total = total
    this.#done = 0
    this.#began = performance.now()
    this.#shown = this.#began
    if (this.#screen.isTTY) this.#draw(this.#state())
  }

  advance(count: number, now = performance.now()): void {
    this.#done += count
    if (now - this.#shown < (this.#screen.isTTY ? REDRAW_MS : REPORT_MS)) return
    this.#shown = now
    this.#draw(this.#state())
  }

  end(): void {
    const seconds = this.#seconds()
    this.#draw(`${this.#phase.padEnd(20)} ${number.format(this.#done)} in ${seconds.toFixed(1)} s${this.#speed()}`)
    if (this.#screen.isTTY) this.#screen.write('\n')
  }

  #seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  #speed(): string {
    const rate = this.#done / Math.max(this.#seconds(), 0.001)
    return rate < 1000 ? '' : `, ${number.format(rate)} a second`
  }

  #state(): string {
    const part = Math.min(1, this.#done / Math.max(1, this.#total))
    const bar = '#'.repeat(Math.round(part * BAR)).padEnd(BAR, '.')
    const left = part > 0 ? `, ${clock((this.#seconds() * (1 - part)) / part)} left` : ''
    return `${this.#phase.padEnd(20)} [${bar}] ${number.format(this.#done)} of ${number.format(this.#total)}${this.#speed()}${left}`
  }

  #draw(text: string): void {
    // This returns to the beginning of the line and clears what a longer line left behind.
    this.#screen.write(this.#screen.isTTY ? `\r${text}\u001b[K` : `${text}\n`)
  }
}

/** A time of so many seconds: 75 is "1:15". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
