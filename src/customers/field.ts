import type { z } from 'zod'
import type { Format } from '../lib/format.ts'

/** What Clientele keeps of a customer in one place of a form: all that its form, its sentences and its files need to know. */
export interface Field {
  /** Of the tables that keep it: `customer`, `import_row`, `updated_customer`. */
  column: string
  /** In PostgreSQL. */
  type: 'text' | 'date'
  /** What its column holds where there is none. */
  none: '' | null
  /** On screen; in sentences the same in small letters. */
  label: string
  /** As the header of a file: of the sample file, the export, and what is said of an import's columns. */
  header: string
  /** Of its column in a spreadsheet, in characters. */
  width: number
  /** In characters, as it is typed. */
  longest: number
  /** By `longest`, the retailer's country and the day there (YYYY-MM-DD). */
  check: (longest: number, country: string, today: string) => z.ZodType<string | null>
  control: Control
  /** What it can be, by what is kept, as people read it. */
  choices?: Record<string, string>
  /** What is kept as people read it in the retailer's country; without it, as it is. */
  written?: (kept: string, format: Format) => string
  /** In the two rows below the headers of the sample file. A sample of the retailer's country is made there. */
  template: { hint: string; sample: string }
  /** Headers in English, German, French, Spanish, Portuguese, Italian and Dutch, with commas between them. */
  synonyms: string
}

/** How a form asks for it; see views/shared/_field.eta. */
export interface Control {
  type?: 'tel' | 'email' | 'date' | 'select'
  hint?: string
  required?: boolean
  optional?: boolean
  attrs?: Record<string, string | number>
}

/** The control of a text on one line. */
export function lineOf(longest: number, more: Control = {}): { longest: number; control: Control } {
  return { longest, control: { ...more, attrs: { maxlength: longest, autocomplete: 'off', ...more.attrs } } }
}
