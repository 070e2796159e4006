import type { Mistake, Project } from './project.ts'

/** In characters, as the formatter has it for the other files. */
const LONGEST = 120

const tooLong = (length: number) => `This line has ${length} characters. A view’s line has at most ${LONGEST}.`

/** Biome, which keeps the other files to it, does not read templates. */
export function longLines(project: Project): Mistake[] {
  return project
    .sources()
    .filter((file) => file.startsWith('views/') && file.endsWith('.eta'))
    .flatMap((file) =>
      project
        .read(file)
        .split('\n')
        .map((text, index) => ({ file, line: index + 1, length: [...text].length }))
        .filter(({ length }) => length > LONGEST)
    )
    .map(({ file, line, length }) => ({ file, line, message: tooLong(length) }))
}
