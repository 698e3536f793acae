"""All measurements of benchmarks/README.md, one after the other."""

from benchmarks import casting, protocol, rolls

if __name__ == "__main__":
    protocol.measure_check()
    protocol.measure_verification()
    casting.main()
    rolls.main()
