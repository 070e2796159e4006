import { Migration } from '@mikro-orm/migrations'

/**
 * The till's own screen: browsers that are tied to a till, and what is being sold in each. A cart has the id and the receipt
 * number of the sale that it becomes, and goes with it.
 */
export class TillScreen extends Migration {
  override up(): void {
    this.addSql(`
      create table till_browser (
        id integer generated always as identity primary key,
        till_id integer not null references till,
        hash bytea not null unique,
        tied_at timestamptz not null,
        tied_by integer not null references staff_member,
        seen_at timestamptz not null,
        ended_at timestamptz
      )
    `)

    // The last number that a till's screen has given a receipt.
    this.addSql(`create table till_receipt (till_id integer primary key references till, last integer not null)`)

    this.addSql(`
      create table cart (
        id uuid primary key,
        browser_id integer not null unique references till_browser,
        receipt text not null,
        customer_id integer not null default 1 references customer on delete set default,
        returns uuid,
        begun_at timestamptz not null
      )
    `)
    this.addSql(`create index cart_by_customer on cart (customer_id)`)

    // A line sells at a price, or brings back: then it knows what is left of the sale. Usual is what the product last sold for.
    this.addSql(`
      create table cart_line (
        cart_id uuid not null references cart on delete cascade,
        number integer not null,
        sku text not null,
        name text not null,
        quantity numeric(12,3) not null check (quantity >= 0),
        price numeric(16,3) check (price >= 0),
        usual numeric(16,3),
        discount numeric(16,3) check (discount >= 0),
        percent numeric(5,2) check (percent between 0 and 100),
        left_units numeric(12,3),
        left_money numeric(16,3),
        primary key (cart_id, number),
        check (discount is null or percent is null),
        check ((left_units is null) = (left_money is null))
      )
    `)

    // What a product last sold for: its newest line. An index makes a line only that much dearer to write, and no two tills wait
    // for each other, as they would for a product's row with its price.
    this.addSql(`create index sale_line_by_product on sale_line (product_id, sale_id desc) where quantity > 0`)
    this.addSql(`
      create index product_by_words on product using gin (solid_text(sku || ' ' || name) gin_trgm_ops)
    `)
  }
}
