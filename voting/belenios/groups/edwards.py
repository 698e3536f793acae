"""Fixed-base powers on the Edwards curve of Ed25519, with gmpy2 and a table of multiples.

Points are in extended coordinates (X : Y : Z : T), x = X/Z, y = Y/Z, T = XY/Z; table entries are
kept as (y+x, y-x, 2dxy). The formulas are those of Hisil, Wong, Carter and Dawson (2008), a = -1.
"""

from gmpy2 import invert, mpz, powmod

P = mpz(2) ** 255 - 19
D = -121665 * invert(mpz(121666), P) % P
SQRT_MINUS_ONE = powmod(mpz(2), (P - 1) // 4, P)

WINDOW = 10
_HALF = 1 << (WINDOW - 1)
_MASK = (1 << WINDOW) - 1
_COUNT = 253 // WINDOW + 1

Extended = tuple[mpz, mpz, mpz, mpz]
Entry = tuple[mpz, mpz, mpz]
Table = list[list[Entry]]

NEUTRAL: Extended = (mpz(0), mpz(1), mpz(1), mpz(0))


def recover_x(y: mpz, odd: int) -> mpz | None:
    """Return the x of the curve point with this y and parity of x, or None when there is none."""
    square = (y * y - 1) * invert(D * y * y + 1, P) % P
    x = powmod(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_ONE % P
        if (x * x - square) % P:
            return None
    if x == 0 and odd:
        return None
    return P - x if x & 1 != odd else x


def decode_point(raw: bytes) -> Extended:
    """Return the extended coordinates of the valid 32-byte encoding *raw* (RFC 8032)."""
    number = mpz(int.from_bytes(raw, "little"))
    y = number % (1 << 255)
    x = recover_x(y, int(number >> 255))
    if x is None:
        raise ValueError("not a point")
    return x, y, mpz(1), x * y % P


def encode_point(point: Extended) -> bytes:
    """Return the 32-byte encoding of *point* (RFC 8032)."""
    inverse = invert(point[2], P)
    y = int(point[1] * inverse % P)
    odd = int(point[0] * inverse % P & 1)
    return (y | odd << 255).to_bytes(32, "little")


def clear_cofactor(number: int) -> Extended:
    """Return 8 times the point with an even x and the first y at or after *number* that has one."""
    y = mpz(number)
    while (x := recover_x(y, 0)) is None:
        y += 1
    point: Extended = (x, y, mpz(1), x * y % P)
    for _ in range(3):
        point = _double(point)
    return point


def make_entry(raw: bytes) -> Entry:
    """Return the valid 32-byte encoding *raw* in the form in which points are added."""
    return _to_entries([decode_point(raw)])[0]


def make_table(raw: bytes) -> Table:
    """Return the multiples 1..2^(w-1) of 2^(wi) times the point *raw*, for every window i."""
    rows = []
    base = decode_point(raw)
    for _ in range(_COUNT):
        multiples = [base]
        step = _to_entries([base])[0]
        for _ in range(_HALF - 1):
            multiples.append(add(multiples[-1], step))
        rows.append(_to_entries(multiples))
        base = add(multiples[-1], rows[-1][-1])
    return rows


def multiply(table: Table, scalar: int) -> Extended:
    """Return *scalar* (0 <= scalar < q) times the point of *table*."""
    x1, y1, z1, t1 = NEUTRAL
    p = P
    for row in table:
        digit = scalar & _MASK
        scalar >>= WINDOW
        if digit <= _HALF:
            if not digit:
                continue
            plus, minus, twice = row[digit - 1]
            c = t1 * twice % p
        else:
            minus, plus, twice = row[_MASK - digit]
            c = -t1 * twice % p
            scalar += 1
        a = (y1 - x1) * minus % p
        b = (y1 + x1) * plus % p
        d = z1 + z1
        e, f, g, h = b - a, d - c, d + c, b + a
        x1, y1, z1, t1 = e * f % p, g * h % p, f * g % p, e * h  # T is reduced with the next c
    return x1, y1, z1, t1 % p


def _double(point: Extended) -> Extended:
    x1, y1, z1, _ = point
    a, b = x1 * x1, y1 * y1
    h = a + b
    e = h - (x1 + y1) ** 2
    g = a - b
    f = 2 * z1 * z1 + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def add(point: Extended, entry: Entry) -> Extended:
    """Return the sum of *point* and what *entry* stands for."""
    x1, y1, z1, t1 = point
    plus, minus, twice = entry
    a = (y1 - x1) * minus % P
    b = (y1 + x1) * plus % P
    c = t1 * twice % P
    d = z1 + z1
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _to_entries(points: list[Extended]) -> list[Entry]:
    """Normalise *points* with a single inversion (Montgomery's trick)."""
    products = [mpz(1)]
    for point in points:
        products.append(products[-1] * point[2] % P)
    inverse = invert(products[-1], P)
    entries = []
    for point, product in zip(reversed(points), reversed(products[:-1]), strict=True):
        z = inverse * product % P
        inverse = inverse * point[2] % P
        x, y = point[0] * z % P, point[1] * z % P
        entries.append(((y + x) % P, (y - x) % P, 2 * D * x * y % P))
    return entries[::-1]
