/**
 * All that is taken from hucre, which one person looks after: to be replaced here alone. The server imports it when the first
 * workbook is written, as it is large.
 */
export { isDateFormat, serialToDate } from 'hucre'
export { type Cell, type CellStyle, type ColumnDef, writeXlsx, writeXlsxStream } from 'hucre/xlsx'
