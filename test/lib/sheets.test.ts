import t from 'tap'
import { whyTooMany } from '../../src/lib/sheets.ts'
import { fileName } from '../../src/web/download.ts'

t.test('what an XLSX file can’t hold is refused, with the way out', async (t) => {
  t.equal(whyTooMany('xlsx', 1_048_575), null)
  t.equal(
    whyTooMany('xlsx', 1_048_576),
    'This list has 1,048,576 customers, but an XLSX file holds at most 1,048,575. Export it as CSV instead.'
  )
  t.equal(whyTooMany('csv', 50_000_000), null)
})

t.test('a file’s name is one on every system', async (t) => {
  t.equal(fileName('Superstore customers 2026-11-25.csv'), 'Superstore customers 2026-11-25.csv')
  t.equal(fileName('../../etc/pass*wd\r\n"x".csv'), 'etc pass wd x.csv')
  t.equal(fileName('a\ud800b.csv'), 'a\ufffdb.csv')
  t.equal(fileName('\u202egnp.csv'), 'gnp.csv')
  t.equal(fileName('.csv'), 'file.csv')
  t.equal(fileName(`${'😀'.repeat(500)}.xlsx`), `${'😀'.repeat(120)}.xlsx`)
})
