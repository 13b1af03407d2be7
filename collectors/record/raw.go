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
	base                   *block.Base
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
	last  map[int64]*block.Base
}

// of returns the base of a part, nothing for a block. The parts of a container are
// unpacked in their order.
func (b *bases) of(container int64, data []byte) *block.Base {
	if container == rounds {
		return nil
	}
	if block.After(data) {
		if base, there := b.last[container]; there {
			return base
		}
		// It fits nothing, and is read as damaged.
		return &block.Base{}
	}
	if b.last == nil {
		b.last = map[int64]*block.Base{}
	}
	delete(b.last, container)
	if entries, err := b.codec.Decode(nil, data); err == nil && len(entries) == 1 {
		b.last[container] = block.NewBase(entries[0])
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

// eachUnsealed gives what is not sealed of a stretch and of a range, in order. The
// range begins with a minute: what a part differs from is in the same one.
func (v *view) eachUnsealed(ctx context.Context, stretch, from, to int64, take func(raw)) error {
	var bases bases
	return v.eachBatch(ctx, func(b *batch) {
		if b.stretch != stretch || b.first < from || b.first >= to {
			return
		}
		b.eachPart(func(at int64, p part) {
			take(raw{container: p.container, first: at, last: at, grain: grainFull, data: p.data, base: bases.of(p.container, p.data)})
		})
	})
}

// eachBatch gives the batches of the table and that of the tail, which is the last one.
func (v *view) eachBatch(ctx context.Context, take func(*batch)) error {
	rows, err := v.QueryContext(ctx, "SELECT stretch, first, last, data FROM unsealed ORDER BY seq")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var b batch
		if err := rows.Scan(&b.stretch, &b.first, &b.last, &b.data); err != nil {
			return err
		}
		take(&b)
	}
	if len(v.tail.data) > 0 {
		take(&v.tail)
	}
	return rows.Err()
}

// loadStretches are the stretches that may hold something of a range, in the order in
// which they were recorded.
func (v *view) loadStretches(ctx context.Context, from, to int64) ([]int64, error) {
	rows, err := v.QueryContext(ctx, `SELECT id FROM stretches WHERE began < ?2
		AND (last >= ?1 OR id = ?3 OR id IN (SELECT stretch FROM unsealed)) ORDER BY id`, from, to, v.tail.stretch)
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
