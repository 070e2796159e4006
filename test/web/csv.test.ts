import t from 'tap'
import { csvLine } from '../../src/web/csv.ts'

t.test('what a spreadsheet would run is made harmless; numbers stay numbers', async (t) => {
  for (const formula of ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\tx', '\rx', '-', '-1e5x'])
    t.equal(csvLine([formula]).replaceAll('"', ''), `'${formula}\r\n`, JSON.stringify(formula))
  t.equal(csvLine(['-7.50', 3, -2, 'a=b', '', null]), '-7.50,3,-2,a=b,,\r\n')
})

t.test('commas, quotes and line breaks stay within their cell', async (t) => {
  t.equal(csvLine(['a,b', 'say "ah"', 'two\nlines', ' Ünïcode ']), '"a,b","say ""ah""","two\nlines", Ünïcode \r\n')
})
