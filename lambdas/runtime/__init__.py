"""What every action shares: read a mart behind the gate, decide, guard, act, record. Imports nothing by itself."""
