import { isIP, isIPv4 } from 'node:net'
import { z } from 'zod'

/** The program can't start. The message is one sentence for the person at the terminal. */
export class StartError extends Error {}

const HIGHEST_PORT = 65_535
const ADDRESS = 'must be an address such as https://clientele.example'
const PROXIES = 'must be true, false, a number of proxies up to 10, or their addresses'
const BITS = { 4: 32, 6: 128 } as const

const yesOrNo = z.enum(['true', 'false', 'yes', 'no']).transform((value) => value === 'true' || value === 'yes')

/** A number of proxies. "1" means one proxy, not "yes": trusting every sender would let anybody claim any address. */
const proxyCount = z
  .string()
  .regex(/^(\d|10)$/)
  .transform(Number)

const addresses = z.string().refine((value) => value.split(',').every((one) => isNetwork(one.trim())), PROXIES)

const environment = z.object({
  PORT: z
    .string()
    .trim()
    .regex(/^\d+$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port <= HIGHEST_PORT, `must be 0 to ${HIGHEST_PORT}`)
    .default(3000),
  HOST: z.string().trim().default('127.0.0.1'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: ADDRESS, abort: true })
    .refine((value) => isOrigin(new URL(value)), 'must be an address without a path, such as https://clientele.example')
    .transform((value) => new URL(value).origin)
    .optional(),
  TRUST_PROXY: z.union([yesOrNo, proxyCount, addresses], PROXIES).default(false),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must start with postgres://' }).optional(),
  DATA_DIR: z.string().default('.data'),
  ADMIN_EMAIL: z.string().trim().toLowerCase().pipe(z.email('must be an e-mail address')).optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(12, 'must have at least 12 characters')
    .max(200, 'must have at most 200 characters')
    .optional(),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent'
    )
    .default('info')
})

/**
 * Reads and checks the environment. The README explains each variable.
 * @throws StartError if a value is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new StartError(`${issue?.path.join('.')} ${issue?.message}.`)
  }
  const { data } = parsed
  if (Boolean(data.ADMIN_EMAIL) !== Boolean(data.ADMIN_PASSWORD)) {
    throw new StartError('ADMIN_EMAIL and ADMIN_PASSWORD must be given together.')
  }
  return data
}

export type Config = ReturnType<typeof readConfig>

/** Whether only this machine can reach a host. A name that merely looks like an address may belong to anybody. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

/** Whether a text is an IP address or a range of them, such as 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if ((family !== 4 && family !== 6) || rest.length > 0) return false
  return bits === undefined || (/^[1-9]\d*$/.test(bits) && Number(bits) <= BITS[family])
}

function isOrigin({ pathname, search, hash, username, password }: URL): boolean {
  return pathname === '/' && `${search}${hash}${username}${password}` === ''
}
