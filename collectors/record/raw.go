package record

import (
	"context"
	"database/sql"
)

// raw is a block as it is stored. A part of an unsealed row is one of one reading.
type raw struct {
	container, first, last int64
	grain                  int
	data                   []byte
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
// that is damaged is left out.
func eachUnsealed(ctx context.Context, tx *sql.Tx, condition string, args []any, take func(raw)) error {
	rows, err := tx.QueryContext(ctx, "SELECT at, data FROM unsealed "+condition+" ORDER BY seq", args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
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
			take(raw{container: p.container, first: at, last: at, grain: grainFull, data: p.data})
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
