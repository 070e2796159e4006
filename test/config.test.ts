import t from 'tap'
import { isLoopback, readConfig, StartError } from '../src/config.ts'
import { warnings } from '../src/serve.ts'

const DEFAULTS = { PORT: 3000, HOST: '127.0.0.1', TRUST_PROXY: false, DATA_DIR: '.data', LOG_LEVEL: 'info' }

t.test('an empty environment has defaults, and a blank value is no value', async (t) => {
  t.same(readConfig({}), DEFAULTS)
  t.same(readConfig({ PORT: '', HOST: ' ', PUBLIC_URL: '', ADMIN_EMAIL: '', ADMIN_PASSWORD: ' ' }), DEFAULTS)
})

t.test('good values are read', async (t) => {
  const same: [string, string, unknown][] = [
    ['PORT', '0', 0],
    ['PORT', ' 8080 ', 8080],
    ['PORT', '65535', 65_535],
    ['HOST', '::', '::'],
    ['PUBLIC_URL', 'https://Clientele.Example:443/', 'https://clientele.example'],
    ['PUBLIC_URL', 'http://192.168.1.5:3000', 'http://192.168.1.5:3000'],
    ['TRUST_PROXY', 'true', true],
    ['TRUST_PROXY', 'no', false],
    ['TRUST_PROXY', '0', 0],
    ['TRUST_PROXY', '1', 1],
    ['TRUST_PROXY', '10', 10],
    ['TRUST_PROXY', '10.0.0.0/8, ::1', '10.0.0.0/8, ::1'],
    ['DATABASE_URL', 'postgresql://me@db/shop', 'postgresql://me@db/shop'],
    ['DATABASE_URL', 'postgres:///shop?host=/run/postgresql', 'postgres:///shop?host=/run/postgresql'],
    ['DATA_DIR', '/var/lib/clientele', '/var/lib/clientele'],
    ['LOG_LEVEL', 'silent', 'silent']
  ]
  for (const [name, value, read] of same) t.match(readConfig({ [name]: value }), { [name]: read }, `${name}=${value}`)
  const admin = { ADMIN_EMAIL: ' Mia@Example.com ', ADMIN_PASSWORD: ' a long password ' }
  t.match(readConfig(admin), { ADMIN_EMAIL: 'mia@example.com', ADMIN_PASSWORD: ' a long password ' })
})

t.test('a wrong value stops the start with one sentence that names the variable', async (t) => {
  const address = 'PUBLIC_URL must be an address such as https://clientele.example.'
  const origin = 'PUBLIC_URL must be an address without a path, such as https://clientele.example.'
  const proxies = 'TRUST_PROXY must be true, false, a number of proxies up to 10, or their addresses.'
  const wrong: [string, string, string][] = [
    ...['abc', '1.5', '-1', '0x10', '1e3'].map((value): [string, string, string] => [
      'PORT',
      value,
      'PORT must be a port number.'
    ]),
    ['PORT', '65536', 'PORT must be 0 to 65535.'],
    ...['nonsense', 'ftp://x', 'https:x', 'javascript:alert(1)', 'null'].map((value): [string, string, string] => [
      'PUBLIC_URL',
      value,
      address
    ]),
    ...['https://x/a', 'https://x/?a=1', 'https://x/#a', 'https://me:pw@x/'].map((value): [string, string, string] => [
      'PUBLIC_URL',
      value,
      origin
    ]),
    ...['11', '-1', 'dead', 'maybe', '10.0.0.0/33', '::/0', '1.2.3.4/8/8', '10.0.0.1,'].map(
      (value): [string, string, string] => ['TRUST_PROXY', value, proxies]
    ),
    ['DATABASE_URL', 'mysql://x/y', 'DATABASE_URL must start with postgres://.'],
    ['DATABASE_URL', 'localhost', 'DATABASE_URL must start with postgres://.'],
    ['ADMIN_EMAIL', 'nobody', 'ADMIN_EMAIL must be an e-mail address.'],
    ['ADMIN_EMAIL', 'mia@example.com', 'ADMIN_EMAIL and ADMIN_PASSWORD must be given together.'],
    ['ADMIN_PASSWORD', 'a long password', 'ADMIN_EMAIL and ADMIN_PASSWORD must be given together.'],
    ['ADMIN_PASSWORD', 'short', 'ADMIN_PASSWORD must have at least 12 characters.'],
    ['ADMIN_PASSWORD', 'x'.repeat(201), 'ADMIN_PASSWORD must have at most 200 characters.'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent.']
  ]
  for (const [name, value, message] of wrong) {
    t.throws(() => readConfig({ [name]: value }), new StartError(message), `${name}=${value.slice(0, 40)}`)
  }
})

t.test('only this machine’s own addresses are loopback', async (t) => {
  for (const host of ['localhost', '::1', '127.0.0.1', '127.1.2.3']) t.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '192.168.1.5', '127.evil.example', '127.0.0.1.nip.io', ''])
    t.notOk(isLoopback(host), host)
})

t.test('a start warns of a network that reads along, and of a proxy that anybody can be', async (t) => {
  const warned = (env: NodeJS.ProcessEnv) => warnings(readConfig(env)).join()
  t.equal(warned({}), '')
  t.equal(warned({ TRUST_PROXY: '10.0.0.5', HOST: '0.0.0.0', PUBLIC_URL: 'https://clientele.example' }), '')
  t.match(warned({ HOST: '0.0.0.0' }), /^Warning: HOST 0\.0\.0\.0 can be reached by others/)
  t.match(warned({ TRUST_PROXY: 'true' }), /^Warning: With TRUST_PROXY=true, anyone .* the addresses of your proxies/)
})
