import { dirname } from 'node:path'
import { citations } from './citations.ts'
import { longLines } from './long-lines.ts'
import { lineAt, type Mistake, Project } from './project.ts'

const RULES = 'docs/rules.md'
const FEATURES = 'docs/features.md'
/**
 * Whatever names a rule, a test or a document that does not exist, rules that no test guards, and lines of views that are
 * too long; `root` is the project's folder.
 */
export function findMistakes(root: string): Mistake[] {
  const project = new Project(root)
  const sections = sectionsOf(project.read(RULES))
  return [
    ...sections.flatMap((section) => unguarded(section)),
    ...testsOfRules(project),
    ...testsOfFeatures(project),
    ...project.sources().flatMap((file) => citations(project, file, new Set(sections.map(({ name }) => name)))),
    ...longLines(project)
  ]
}

interface Section {
  /** As it is cited: a rule's number, or the heading. */
  name: string
  isRule: boolean
  line: number
  text: string
}

function sectionsOf(rules: string): Section[] {
  const parts = rules.split(/^(?=##)/m)
  let line = 1
  return parts.flatMap((text) => {
    const start = line
    line += text.split('\n').length - 1
    const [, number, heading] = /^#+ (?:(\d+)\. )?(.+)/.exec(text) ?? []
    return heading ? [{ name: number ?? heading, isRule: number !== undefined, line: start, text }] : []
  })
}

/** Who may do what needs tests as much as the rules do. */
function unguarded({ name, isRule, line, text }: Section): Mistake[] {
  if (!isRule && name !== 'Roles') return []
  if (/^- `test\//m.test(text)) return []
  return [{ file: RULES, line, message: `No test guards ${isRule ? `rule ${name}` : name}.` }]
}

/** Each `test/….ts` of docs/rules.md, and the “titles” after it up to the next one. */
function testsOfRules(project: Project): Mistake[] {
  const rules = project.read(RULES)
  return [...rules.matchAll(/^- `([^`]+)`.*(?:\n .*)*/gm)].flatMap(({ 0: entry, 1: path = '', index }) => {
    const at = (offset: number, message: string) => ({ file: RULES, line: lineAt(rules, index + offset), message })
    if (!project.has(path)) return [at(0, `There is no file ${path}.`)]
    const titles = [...entry.matchAll(/“([^”]+)”/g)]
    if (titles.length === 0) return [at(0, `Which test of ${path}?`)]
    return titles.flatMap((found) => {
      const title = (found[1] ?? '').replace(/\s+/g, ' ')
      return hasTest(project.read(path), title) ? [] : [at(found.index, `${path} has no test “${title}”.`)]
    })
  })
}

/** A part of the title will do; … stands for what a loop puts there. */
function hasTest(source: string, title: string): boolean {
  const parts = title.split('…').map((part) => part.trim())
  return titlesOf(source).some((found) => {
    let from = 0
    return parts.every((part) => {
      const at = found.indexOf(part, from)
      from = at + part.length
      return at !== -1
    })
  })
}

function titlesOf(source: string): string[] {
  const calls = source.matchAll(/\bt\.test\(\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`)/g)
  return [...calls].map(([, single, double, template]) => single ?? double ?? template ?? '')
}

/** The last column of docs/features.md: files of test/browser by their names, others in backticks; in parentheses what is in them. */
function testsOfFeatures(project: Project): Mistake[] {
  const lines = project.read(FEATURES).split('\n')
  return lines.flatMap((row, index) => {
    if (!row.startsWith('| ') || row.startsWith('| sentence')) return []
    const cell = row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? ''
    let folder = 'test/browser'
    let file = ''
    const mistakes: string[] = []
    for (const [, path, name, remark] of cell.matchAll(/`([^`]+)`|(?<=^|[,;] )([a-z-]+)(?=$|[,;]| \()|\(([^)]*)\)/g)) {
      if (remark !== undefined) {
        mistakes.push(...inFile(project, file, remark))
        continue
      }
      file = path ? (path.includes('/') ? path : `${folder}/${path}`) : browserFile(project, name ?? '')
      folder = path ? dirname(file) : folder
      if (!project.has(file)) mistakes.push(`There is no file ${file}.`)
    }
    return mistakes.map((message) => ({ file: FEATURES, line: index + 1, message }))
  })
}

function browserFile(project: Project, name: string): string {
  const helper = `test/browser/${name}.ts`
  return project.has(helper) ? helper : `test/browser/${name}.test.ts`
}

/** Of a remark, what is quoted is a text of the file, and what stands in backticks one of its functions or a file beside it. */
function inFile(project: Project, file: string, remark: string): string[] {
  const source = project.read(file)
  return [...remark.matchAll(/"([^"]+)"|`([^`]+)`/g)].flatMap(([, text = '', code = '']) => {
    if (text) return source.includes(text) ? [] : [`${file} has no “${text}”.`]
    return source.includes(code) || project.has(`${dirname(file)}/${code}`) ? [] : [`${file} has no ${code}.`]
  })
}

if (import.meta.main) {
  const mistakes = findMistakes(process.cwd())
  for (const { file, line, message } of mistakes) console.error(`${file}:${line}: ${message}`)
  if (mistakes.length) process.exitCode = 1
}
