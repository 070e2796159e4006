import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Measurement, Result } from './case.ts'
import { EXPLAINED } from './explained.ts'

const HEAD = ['case', 'median', 'p99', 'yardstick', 'ratio', 'bar', '']

/** What was measured at one size. */
export interface Part {
  customers: number
  groups: number
  sales: number
  sizes: string
  results: Result[]
}

export interface Machine {
  postgres: string
  rounds: number
}

/** The complete text of docs/bench.md. */
export function document(parts: Part[], machine: Machine): string {
  return [INTRODUCTION, facts(machine), ...parts.map(section), yardsticks()].join('\n\n')
}

const INTRODUCTION = `# The bench

What \`npm run bench\` measured: every case signed in and over HTTP, in turns with a yardstick in the same run. The yardstick is the
same answer by the leanest SQL over one connection of \`pg\` or, for requests per second, a bare Fastify and Eta server with the same
V8 flags that renders the same bytes and compresses them likewise (\`bench/bare\`). Pages are asked for as browsers do (\`gzip, deflate,
br\`), over one connection that stays open, or sixteen where the case says so. \`browser/...\` is a Chromium 109 whose processor is slowed
down six times, at the end of a line of 400 kbit/s and 150 ms; \`process/memory-under-load\` lasts two minutes a round.
The bars are for 1,000,000 customers. A case is missed too if its page says other than its SQL, or if one of its queries reads a
big table from end to end.`

function facts({ postgres, rounds }: Machine): string {
  const [processor] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${availableParallelism()} cores (${processor?.model.trim()}), ${memory} GB of memory, PostgreSQL ${postgres}, Node.js ${process.versions.node}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`
}

function section({ customers, groups, sales, sizes, results }: Part): string {
  const [n, g, s] = [customers, groups, sales].map((count) => count.toLocaleString('en-US'))
  const explained = results.filter(({ name, isMet }) => !isMet && EXPLAINED[name])
  const byReason = Map.groupBy(explained, ({ name }) => EXPLAINED[name])
  const reasons = [...byReason].map(
    ([reason, cases]) => `- ${cases.map(({ name }) => `\`${name}\``).join(', ')}: ${reason}`
  )
  return [
    `## ${n} customers`,
    `${g} groups, ${s} sales. ${sizes}`,
    table(results),
    ...(reasons.length ? [reasons.join('\n')] : [])
  ].join('\n\n')
}

export function table(results: Result[]): string {
  const rows = [HEAD, HEAD.map((_, place) => (place > 0 && place < 5 ? '--:' : '---')), ...results.map(cells)]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function cells(result: Result): string[] {
  const { name, bar, measured } = result
  if (!measured) return [name, '', '', '', '', bar.text, result.why.replaceAll('|', '/').replaceAll('\n', ' ')]
  const { unit, median, p99, yardstick } = measured
  const numbers = [median, p99, yardstick].map((value) => (value === null ? '' : `${amount(value)} ${unit}`))
  const ratio = yardstick ? amount(median / yardstick) : ''
  return [name, ...numbers, ratio, bar.text, verdict(result.isMet, measured)]
}

function verdict(isMet: boolean, { flaws }: Measurement): string {
  return isMet ? 'met' : ['MISSED', ...flaws].join(': ')
}

/** A number with three significant digits. */
export function amount(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A result as a line for the terminal. */
export function line(result: Result): string {
  const [name = '', ...rest] = cells(result)
  const [median = '', p99 = '', yardstick = '', ratio = '', bar = '', verdict = ''] = rest
  const numbers = [median, p99, yardstick, ratio].map((text) => text.padStart(10)).join(' ')
  return `${name.padEnd(34)} ${numbers}  ${bar.padEnd(28)} ${verdict}`
}

export function headline(): string {
  const [name = '', ...rest] = HEAD
  return `${name.padEnd(34)} ${rest
    .slice(0, 4)
    .map((text) => text.padStart(10))
    .join(' ')}  bar`
}

function yardsticks(): string {
  const files = ['yardsticks.ts', 'search-yardsticks.ts', 'bulk-yardsticks.ts', 'import-yardstick.ts'].map((name) => {
    const file = readFileSync(new URL(name, import.meta.url), 'utf8')
    return `\`bench/${name}\`, the whole of it:\n\n\`\`\`ts\n${file}\`\`\``
  })
  return `## The yardsticks\n\n${files.join('\n\n')}\n`
}
