package record

import (
	"context"
	"database/sql"

	"brink/collectors/record/block"
)

// raw is a block as it is stored. A part of an unsealed row is one of one reading, or
// what the reading differs in from base.
type raw struct {
	container, first, last int64
	grain                  int
	data                   []byte
	base                   *block.Entry
}

// entries appends what a block holds of a container.
func (b *raw) entries(codec *block.Codec, dst []block.Entry) ([]block.Entry, error) {
	if b.base != nil {
		return codec.DecodeAfter(dst, b.base, b.data)
	}
	return codec.Decode(dst, b.data)
}

// bases are what the unsealed parts of the containers differ from, as one goes through
// the rows in order. In each minute the first part of a container is a block.
type bases struct {
	codec block.Codec
	last  map[int64]*block.Entry
}

// of returns the base of a part, nothing for a block.
func (b *bases) of(container int64, data []byte) *block.Entry {
	if container == rounds {
		return nil
	}
	if block.After(data) {
		if base, there := b.last[container]; there {
			return base
		}
		// It fits nothing, and is read as damaged.
		return &block.Entry{}
	}
	if b.last == nil {
		b.last = map[int64]*block.Entry{}
	}
	delete(b.last, container)
	if entries, err := b.codec.Decode(nil, data); err == nil && len(entries) == 1 {
		b.last[container] = &entries[0]
	}
	return nil
}

// loadBlocks are the blocks of a condition, in order.
func loadBlocks(ctx context.Context, tx *sql.Tx, condition string, args ...any) ([]raw, error) {
	rows, err := tx.QueryContext(ctx, "SELECT container, first, last, grain, data FROM blocks INDEXED BY blocks_in_order WHERE "+condition+" ORDER BY stretch, first", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var blocks []raw
	for rows.Next() {
		var b raw
		if err := rows.Scan(&b.container, &b.first, &b.last, &b.grain, &b.data); err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, rows.Err()
}

// eachUnsealed gives the parts of the unsealed rows of a condition, in order. A row
// that is damaged is left out. The condition takes whole minutes: what a part differs
// from is in the same one.
func eachUnsealed(ctx context.Context, tx *sql.Tx, condition string, args []any, take func(raw)) error {
	rows, err := tx.QueryContext(ctx, "SELECT at, data FROM unsealed "+condition+" ORDER BY seq", args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var bases bases
	for rows.Next() {
		var at int64
		var data []byte
		if err := rows.Scan(&at, &data); err != nil {
			return err
		}
		parts, err := readParts(data)
		if err != nil {
			continue
		}
		for _, p := range parts {
			take(raw{container: p.container, first: at, last: at, grain: grainFull, data: p.data, base: bases.of(p.container, p.data)})
		}
	}
	return rows.Err()
}

// loadStretches are the stretches that may hold something of a range, in the order in
// which they were recorded.
func loadStretches(ctx context.Context, tx *sql.Tx, from, to int64) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM stretches WHERE began < ?2
		AND (last >= ?1 OR id IN (SELECT stretch FROM unsealed)) ORDER BY id`, from, to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var stretches []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		stretches = append(stretches, id)
	}
	return stretches, rows.Err()
}
