// The leanest SQL of what tills ask: prepared statements without anything that they do not need.

/** All that is written of a sale: its id and receipt, the sale with its decision, its lines, the customer's totals and shop. */
export const sale = `with keyed as (
    insert into sale_key (id, till_id, receipt, fingerprint, sale_id)
    values ($1, $2, $3, sha256(convert_to($3, 'UTF8')), nextval('sale_id_seq')) returning *
  ), sold as (
    insert into sale (id, uuid, till_id, receipt, customer_id, sold_at, received_at, total, cash, decided_by, settings_version, decision)
    overriding system value
    select sale_id, id, till_id, receipt, $4, $5, now(), $6, $6, mine.group_id, 1, 'Trade: may buy on account, discounts by hand.'
    from keyed join primary_membership mine on mine.customer_id = $4 returning id
  ), listed as (
    insert into sale_line (sale_id, number, customer_id, product_id, quantity, amount)
    select id, number, $4, product, quantity, amount
    from sold, unnest($7::int[], $8::numeric[], $9::numeric[]) with ordinality line(product, quantity, amount, number)
  ), visited as (
    insert into customer_shop (customer_id, shop_id) select $4, shop_id from till where id = $2 on conflict do nothing
  ) update customer_totals set orders = orders + 1, spent = spent + $6, last_order_at = $5 where customer_id = $4`

/** A customer and what a till may do for them, by phone; and whose key it is. */
export const lookup = `select customer.id, customer.version, first_name, last_name, company, phone, email, birth_date, gender, location,
    totals.orders, totals.spent, totals.last_order_at, mine.joined_at, to_json(grouped) as "group",
    (select balance from account_balance where customer_id = customer.id) as balance,
    (select json_agg(json_build_object('id', list.id, 'name', list.name, 'since', joined_at))
      from list_membership join customer_group list on list.id = group_id where customer_id = customer.id) as lists
  from customer join customer_totals totals on totals.customer_id = customer.id
    join primary_membership mine on mine.customer_id = customer.id join customer_group grouped on grouped.id = mine.group_id
  where phone = $1`

export const key = `select till.id, till.name, shop.name as shop, scopes, currency, country
  from till_key join till on till.id = till_id join shop on shop.id = shop_id cross join retailer where hash = $1 and ends_at is null`
