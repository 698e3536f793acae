"""All measurements of benchmarks/README.md, one after the other."""

from benchmarks import casting, mixnet, protocol, rolls

if __name__ == "__main__":
    protocol.measure_check()
    protocol.measure_verification()
    mixnet.measure(mixnet.SIZES, mixnet.TOOL_SIZES)
    casting.main()
    rolls.main()
