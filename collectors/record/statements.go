package record

import (
	"context"
	"database/sql"
	"errors"
)

// statements are those that run every second or every minute. Each is prepared once:
// to parse one takes as long as to run it. There are about twenty.
type statements struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, known := s.prepared[query]; known {
		return statement, nil
	}
	statement, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if s.prepared == nil {
		s.prepared = map[string]*sql.Stmt{}
	}
	s.prepared[query] = statement
	return statement, nil
}

// exec runs a statement, and returns the row that it inserted.
func (s *statements) exec(ctx context.Context, query string, args ...any) (int64, error) {
	statement, err := s.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// query asks for rows.
func (s *statements) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// find asks for one row, and puts it where to says.
func (s *statements) find(ctx context.Context, query string, args []any, to ...any) error {
	statement, err := s.prepare(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, args...).Scan(to...)
}

// close lets go of all.
func (s *statements) close() error {
	var faults []error
	for _, statement := range s.prepared {
		faults = append(faults, statement.Close())
	}
	return errors.Join(faults...)
}
