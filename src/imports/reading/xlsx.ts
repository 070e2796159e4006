import { Allowance, TooLarge } from './archive.ts'
import {
  type FileBytes,
  type Limits,
  NOTHING,
  type RawRow,
  type Sheet,
  toCount,
  toHeaders,
  UnreadableFile
} from './sheet.ts'
import { NoWorkbook, openWorkbook, type Workbook } from './workbook.ts'
import { readWorksheet } from './worksheet.ts'

export async function openXlsx(file: FileBytes, limits: Limits): Promise<Sheet> {
  if (file.size > limits.xlsxBytes) throw new UnreadableFile(tooLarge(limits))
  return explained(limits, async () => {
    const allowance = new Allowance(limits.unpackedBytes)
    const workbook = await openWorkbook(file, allowance)
    const found = await findSheet(workbook, limits, allowance)
    if (!found) throw new UnreadableFile(NOTHING)
    return toSheet(workbook, found.name, found.header, file.size, limits)
  })
}

async function findSheet(workbook: Workbook, { columns }: Limits, allowance: Allowance) {
  for (const name of workbook.sheets)
    for await (const [header] of readWorksheet(workbook, name, columns, allowance)) if (header) return { name, header }
  return null
}

function toSheet(workbook: Workbook, name: string, header: RawRow, size: number, limits: Limits): Sheet {
  const unpacked = workbook.archive.sizeOf(name)
  let read = 0
  return {
    kind: 'xlsx',
    headers: toHeaders(header.cells, limits),
    rows: () => rows(),
    readBytes: () => Math.min(size, Math.round((read / (unpacked || 1)) * size))
  }

  async function* rows(): AsyncGenerator<RawRow[]> {
    const allowance = new Allowance(limits.unpackedBytes)
    let count = -1
    try {
      for await (const batch of readWorksheet(workbook, name, limits.columns, allowance, (bytes) => (read = bytes))) {
        const rows = count < 0 ? batch.slice(1) : batch
        count = Math.max(count, 0) + rows.length
        if (count > limits.xlsxRows) throw new UnreadableFile(tooMany(limits))
        if (rows.length > 0) yield rows
      }
    } catch (error) {
      throw explain(error, limits)
    }
  }
}

async function explained<Result>(limits: Limits, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    throw explain(error, limits)
  }
}

function explain(error: unknown, limits: Limits): UnreadableFile {
  if (error instanceof UnreadableFile) return error
  if (error instanceof TooLarge) return new UnreadableFile(tooLarge(limits), { cause: error })
  return new UnreadableFile(error instanceof NoWorkbook ? NO_WORKBOOK : DAMAGED, { cause: error })
}

const NO_WORKBOOK =
  'This is a ZIP file or another kind of document, not an Excel file. Save the customers as CSV or XLSX and upload that.'

const DAMAGED =
  'This Excel file is damaged and can’t be read. Open it in a spreadsheet app, save it again as XLSX or CSV, and upload that.'

const tooLarge = ({ xlsxBytes }: Limits): string =>
  `An Excel file can have up to ${toCount(Math.round(xlsxBytes / 1024 / 1024))} MB. This one is larger, or gets larger when it is opened. Save it as CSV and upload that.`

const tooMany = ({ xlsxRows }: Limits): string =>
  `An Excel file can have up to ${toCount(xlsxRows)} rows, and this one has more. Save it as CSV and upload that.`
