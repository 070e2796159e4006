/**
 * Everything that is used of hucre is named here, because one person maintains it: a replacement would change this file
 * alone. It is large, so the server imports this file only when it writes its first workbook.
 */
export { isDateFormat, serialToDate } from 'hucre'
export { type Cell, type CellStyle, type ColumnDef, writeXlsx, writeXlsxStream } from 'hucre/xlsx'
