import type { Client } from '../helper.ts'

const BOUNDARY = 'clientele-test-boundary'

/** What a browser sends when a form with a file is submitted. */
export function multipart(
  fields: Record<string, string>,
  file: { name: string; bytes: Buffer | string } | null
): { payload: Buffer; headers: Record<string, string> } {
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
  )
  const { name, bytes } = file ?? { name: '', bytes: '' }
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
  const payload = Buffer.concat([
    ...parts,
    Buffer.from(head),
    Buffer.from(bytes),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
  ])
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } }
}

/** In place of a group: those that the file names. */
export const NAMED = 0

/** Uploads a file for a group, or for those that it names; answers the import's address, or the response that refuses it. */
export async function upload(
  person: Client,
  groupId: number,
  bytes: Buffer | string,
  { name = 'people.csv', updates = false, key = crypto.randomUUID() as string } = {}
) {
  const form = multipart({ key, ...(updates && { updates: 'true' }) }, { name, bytes })
  const path = groupId === NAMED ? '/customers/import' : `/groups/${groupId}/import`
  return person.send(path, form.payload, form.headers)
}
