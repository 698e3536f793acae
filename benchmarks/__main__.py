"""All measurements of benchmarks/README.md, one after the other."""

from benchmarks import browser, casting, consultation, mixnet, protocol, rolls

if __name__ == "__main__":
    consultation.main()
    protocol.measure_check()
    protocol.measure_verification()
    mixnet.measure(mixnet.SIZES, mixnet.TOOL_SIZES)
    browser.measure(browser.SIZES)
    casting.main()
    rolls.main()
