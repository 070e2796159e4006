import type { Gender } from '../../customers/gender.ts'
import type { CellResult } from './cell.ts'

/** Words for genders in English, German, French, Spanish, Portuguese, Italian and Dutch. */
const WORDS: Record<Gender | 'unsaid', string> = {
  female: `f, female, woman, w, girl, lady, mrs, ms, miss, weiblich, frau, femme, feminin, feminine, mme, mujer, femenino,
    femenina, hembra, feminino, feminina, mulher, donna, femmina, femminile, vrouw, vrouwelijk, v`,
  male: `m, male, man, boy, mr, mannlich, maennlich, mann, herr, homme, h, masculin, hombre, masculino, masculina, varon,
    homem, uomo, maschio, maschile, mannelijk`,
  other: `other, o, diverse, divers, d, x, nonbinary, nb, enby, andere, anders, autre, nonbinaire, otro, otra, outro, outra,
    nobinario, naobinario, altro, nonbinario, overig, nonbinair`,
  unsaid: `na, none, unknown, notsaid, notspecified, unspecified, undisclosed, prefernottosay, null, u, unbekannt,
    keineangabe, ka, inconnu, nonprecise, desconocido, desconhecido, noespecificado, sconosciuto, onbekend`
}

const GENDER_OF = new Map(
  Object.entries(WORDS).flatMap(([gender, words]) => words.split(',').map((word) => [word.trim(), gender] as const))
)

export function readGender(text: string): CellResult<Gender | null> {
  const gender = GENDER_OF.get(simplify(text))
  if (gender) return { value: gender === 'unsaid' ? null : (gender as Gender), message: null }
  if (/^[\s\p{Pd}?./]*$/u.test(text)) return { value: null, message: null }
  return { value: null, message: 'Enter Female, Male or Other, or leave the cell empty.' }
}

function simplify(text: string): string {
  const word = text.toLowerCase()
  return /^[a-z]+$/.test(word) ? word : word.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '')
}
