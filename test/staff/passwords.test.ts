import t from 'tap'
import { newPassword } from '../../src/staff/passwords.ts'

const problem = (password: string, known: string[] = []) =>
  newPassword(known).safeParse(password).error?.issues[0]?.message ?? null

t.test('any long enough password will do that is not easy to guess', async (t) => {
  for (const password of [
    'violet kettle rides north',
    'Tr0ub4dor&3xyz',
    'größe hinter türen',
    'пароль из четырёх',
    '鍵と鳥と山と海と空と雲と星',
    '            x1y2z3w4v5'
  ]) {
    t.equal(problem(password), null, password)
  }
})

t.test('length is counted in characters', async (t) => {
  t.match(problem(''), 'Enter a password.')
  t.match(problem('k7$mQ2!vR9z'), 'at least 12')
  t.equal(problem('k7$mQ2!vR9zP'), null)
  t.equal(problem('😀🎉🚀🌈🍕🎸🐙🦊🌵🍩🎯🧩'), null)
  t.match(problem('😀🎉🚀🌈🍕🎸'), 'at least 12')
  t.equal(problem('k7$mQ2!vR9'.repeat(20)), null)
  t.match(problem(`${'k7$mQ2!vR9'.repeat(20)}x`), 'at most 200')
})

t.test('what everybody tries first is refused', async (t) => {
  for (const password of [
    'password1234',
    'Password12345!',
    'qwertyuiop12',
    '123456789012',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'letmeinletmein',
    'iloveyou2024',
    'clientele123',
    '1qaz2wsx3edc',
    'Welcome2026!',
    'p@ssw0rd1234'
  ]) {
    t.match(problem(password), 'easy to guess', password)
  }
})

t.test('so is what the person is called', async (t) => {
  t.match(problem('mia.chen@shop.example', ['Mia Chen', 'mia.chen@shop.example']), 'easy to guess')
  t.match(problem('MiaChen123456', ['Mia Chen', 'mia.chen@shop.example']), 'easy to guess')
  t.equal(problem('MiaChen123456 kettle north', ['Mia Chen', 'mia.chen@shop.example']), null)
})
