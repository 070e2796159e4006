import { lineAt, type Mistake, type Project } from './project.ts'

/** Rules are cited as (docs/rules.md, 7), several as (docs/rules.md, 1 to 8 and 18), and (docs/rules.md, Roles). */
export function citations(project: Project, file: string, known: Set<string>): Mistake[] {
  const source = commentsOf(project.read(file))
  const at = (index: number, message: string) => ({ file, line: lineAt(source, index), message })
  const cited = [...source.matchAll(/docs\/rules\.md,?[\s*]+([A-Z]\w+|\d+(?:(?:, | to | and )\d+)*)/g)].flatMap(
    (found) =>
      (found[1] ?? '')
        .split(/, | to | and /)
        .filter((name) => !known.has(name))
        .map((name) => at(found.index, `docs/rules.md has no ${/\d/.test(name) ? `rule ${name}` : `part ${name}`}.`))
  )
  const bare = [...source.matchAll(/\brules? \d+/gi)].map(({ 0: text, index }) =>
    at(index, `“${text}” of which page? Cite it as (docs/rules.md, ${text.replace(/\D/g, '')}).`)
  )
  const documents = [...source.matchAll(/[\w./-]*\w\.md\b/g)]
    .filter(([name]) => !project.has(name))
    .map(({ 0: name, index }) => at(index, `There is no document ${name}.`))
  return [...cited, ...bare, ...documents]
}

/** Of TypeScript, CSS, Eta, HTML and SQL. */
const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:\w'"`])\/\/.*|<!--[\s\S]*?-->|-- .*/g

/** The same text with all else blank; what only looks like a comment may stay. */
function commentsOf(source: string): string {
  let end = 0
  let comments = ''
  for (const { 0: comment, index } of source.matchAll(COMMENT)) {
    comments += source.slice(end, index).replace(/[^\n]/g, ' ') + comment
    end = index + comment.length
  }
  return comments
}
