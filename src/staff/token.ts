import { createHash, randomBytes } from 'node:crypto'

/** Makes a token of 256 random bits. It is stored as a plain hash, which is enough for so many bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
