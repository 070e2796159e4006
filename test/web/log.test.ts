import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { PASSWORD, testApp } from '../helper.ts'
import { freePort, start } from '../process.ts'

t.test('the log says who was refused and from where; another host’s name is none of ours', async (t) => {
  const { url } = await testApp(t)
  const port = await freePort()
  const server = start(t, 'src/server.ts', { DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'info' })
  await server.until(/listens on/)
  const address = `http://127.0.0.1:${port}`

  /** As it is, for what no HTTP client would send. */
  async function send(lines: string[], body = ''): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const type = 'Content-Type: application/x-www-form-urlencoded'
    socket.write(
      `${[...lines, type, `Content-Length: ${body.length}`, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`
    )
    return text(socket)
  }
  const form = (password: string) => new URLSearchParams({ email: 'staff@demo.test', password }).toString()
  const origin = `Origin: ${address}`
  const host = `Host: 127.0.0.1:${port}`

  t.match(await send(['POST /sign-in HTTP/1.1', host, origin], form('not this one')), /^HTTP\/1\.1 422/)
  const signedIn = await send(['POST /sign-in HTTP/1.1', host, origin], form(PASSWORD))
  const cookie = /session=[^;]+/.exec(signedIn)?.[0] ?? ''
  t.match(await send(['GET /staff HTTP/1.1', host, `Cookie: ${cookie}`]), /^HTTP\/1\.1 403/)
  t.match(
    await send(['POST /groups HTTP/1.1', host, 'Origin: https://evil.example', `Cookie: ${cookie}`]),
    /^HTTP\/1\.1 403/
  )
  const evil = await send(
    ['POST /sign-in HTTP/1.1', 'Host: evil.example', 'Origin: http://evil.example'],
    form(PASSWORD)
  )
  t.match(evil, /^HTTP\/1\.1 400[\s\S]*set PUBLIC_URL/)
  t.notMatch(evil, 'set-cookie: session')
  t.match(await send(['GET /sign-in HTTP/1.1', host, 'Host: evil.example']), /^HTTP\/1\.1 400/)
  t.match(await send(['GET /sign-in HTTP/1.1', `Host: localhost:${port}`]), /^HTTP\/1\.1 200/)

  t.equal((await server.interrupt()).code, 0)
  const lines: Record<string, unknown>[] = server
    .said()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  const named = (message: string) => lines.find(({ msg }) => msg === message)
  t.match(named('sign-in failed'), { network: '127.0.0.1', account: 1 })
  t.match(named('signed in'), { network: '127.0.0.1', staff: 1 })
  t.match(named('another site’s request'), { origin: 'https://evil.example', staff: 1 })
  t.match(
    lines.find(({ msg, status, staff }) => msg === 'request refused' && status === 403 && staff),
    { staff: 1 }
  )
})
