import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the docs or a comment say that is not so. */
export interface Mistake {
  file: string
  line: number
  message: string
}

const FOLDERS = ['src', 'views', 'migrations', 'public', 'test', 'bench']
const TEXT = /\.(ts|js|eta|css)$/

/** The files of a project, each read once. */
export class Project {
  readonly #root: string
  readonly #read = new Map<string, string>()

  constructor(root: string) {
    this.#root = root
  }

  has(file: string): boolean {
    return existsSync(join(this.#root, file))
  }

  /** Empty if there is none. */
  read(file: string): string {
    const text = this.#read.get(file) ?? (this.has(file) ? readFileSync(join(this.#root, file), 'utf8') : '')
    this.#read.set(file, text)
    return text
  }

  sources(): string[] {
    return FOLDERS.filter((folder) => this.has(folder)).flatMap((folder) =>
      readdirSync(join(this.#root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => TEXT.test(name))
        .map((name) => `${folder}/${name}`)
    )
  }
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
