#!/usr/bin/env python3
"""Tests of tools/fit: the library's bounds hold, and its check finds errors."""
import re
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "fit"))

import fit as tool
import emit
import fitting
import functions
import mpmath as mp
from balls import NotEnclosed
from fits import FITS
from fitting import Fit, Form
from models import ONE, Model
from proof import prove

FIT = ROOT / "tools" / "fit" / "fit.py"


def fixed(x):
    return int(mp.floor(mp.mpf(x) * ONE))


def largest(error, low, high, count=1000):
    """The largest |error| on a grid, in mpmath."""
    with mp.workprec(400):
        low, high = mp.mpf(low), mp.mpf(high)
        # Dense at the ends, but without them and 0: formulas divide by x.
        xs = [low + (high - low) *
              (1 - mp.cos(mp.pi * (i + mp.mpf(0.5)) / count)) / 2
              for i in range(count)]
        return max(abs(error(x)) for x in xs)


def attained(record, numerator, denominator=(1,)):
    """The largest weighted error of coefficients on a grid."""
    def error(x):
        v = record.argument.of(x)
        p, q = (sum(mp.mpf(c.numerator) / c.denominator * v**k
                    for k, c in enumerate(map(Fraction, part)))
                for part in (numerator, denominator))
        return record.weight(x) * (p / q - record.f(x))
    return largest(error, record.low, record.high)


class Models(unittest.TestCase):
    """A model holds its function everywhere on its cell."""

    def holds(self, f, centre, radius):
        with mp.workprec(400):
            model = f(Model.variable(fixed(centre), fixed(radius)))
            bound = model.rest + len(model.mids) * model.spread
            self.assertLess(bound, ONE >> 60)
            for i in range(-8, 9):
                t = mp.mpf(i) / 8
                x = (fixed(centre) + fixed(radius) * t) / ONE
                value = sum(m * t**k for k, m in enumerate(model.mids))
                self.assertLessEqual(abs(value - f(x) * ONE), bound)

    def test_functions(self):
        for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos",
                     "tanh", "sigmoid", "erf", "erfc", "erfcx"):
            for centre in ("0.7", "2.9", "5"):
                with self.subTest(name, centre=centre):
                    self.holds(getattr(functions, name), centre, "0.11")

    def test_atanh(self):
        self.holds(functions.atanh, "0.3", "0.1")

    def test_erfcx_far_out(self):
        self.holds(functions.erfcx, 30, "1.5")

    def test_erfcx_about_zero(self):
        self.holds(functions.erfcx, 0, "0.2")

    def test_products_and_quotients(self):
        self.holds(lambda x: (1 + x**5) / (3 - x * x) - x / (2 + x),
                   "0.4", "0.1")

    def test_quotient_by_x_about_zero(self):
        model = functions.over(functions.expm1(Model.variable(0, ONE // 8)), 0)
        self.assertLessEqual(abs(model.mids[0] - ONE), model.spread)
        self.assertLessEqual(abs(model.mids[1] - ONE // 16), model.spread + 1)

    def test_quotient_without_a_zero_is_refused(self):
        with self.assertRaisesRegex(ValueError, "no zero of that order"):
            functions.over(functions.exp(Model.variable(0, ONE // 8)), 0)

    def test_pole_is_refused(self):
        with self.assertRaises(NotEnclosed):
            1 / Model.variable(ONE // 100, ONE)


class Roots(unittest.TestCase):
    """Zeros inside of an interval, which a formula divides by."""

    def log_two(self):
        return functions.Root(lambda x: functions.exp(x) - 2, "0.7")

    def quotient(self, u):
        """(exp(x) - 2) / (x - log 2), u = x - log 2."""
        return functions.over(functions.exp(u + self.log_two()) - 2, u)

    def test_enclosure_holds_the_root(self):
        ball = self.log_two().enclosure
        with mp.workprec(400):
            distance = abs(mp.log(2) * functions.ONE - ball.mid)
        self.assertLessEqual(distance, ball.rad)
        self.assertLessEqual(ball.rad, 2 * (functions.ONE >> 160))

    def test_root_elsewhere_is_refused(self):
        root = self.log_two()
        root.value = mp.mpf("0.7")
        with self.assertRaisesRegex(NotEnclosed, "no change of sign"):
            root.enclosure

    def test_double_root_is_refused(self):
        root = functions.Root(lambda x: (x - 1)**2, "1")
        root.value = mp.mpf(1)
        with self.assertRaisesRegex(NotEnclosed, "no (change of )?sign"):
            root.enclosure

    def test_quotient_on_cells_with_the_root_and_beside_it(self):
        for centre in ("0", "0.25"):
            model = self.quotient(Model.variable(fixed(centre), ONE // 32))
            bound = model.rest + len(model.mids) * model.spread
            self.assertLess(bound, ONE >> 60)
            for i in (-8, -3, 1, 8):
                t = mp.mpf(i) / 8
                u = mp.mpf(centre) + t / 32
                with mp.workprec(400):
                    exact = 2 * mp.expm1(u) / u
                    value = sum(m * t**k for k, m in enumerate(model.mids))
                    self.assertLessEqual(abs(value - exact * ONE), bound)

    def test_fit_across_the_root(self):
        record = Fit("Quotient", "(exp(x) - 2) / (x - log 2)",
                     f=self.quotient, weight=lambda u: 1 / self.quotient(u),
                     low="-0.5", high="0.5")
        result = fitting.run(record, "F64", Form(5))
        with mp.workprec(200):
            worst = largest(
                lambda u: sum(c * u**k for k, (c,) in
                              enumerate(result.numerator)) *
                u / (2 * mp.expm1(u)) - 1, mp.mpf("-0.50001"), 0.5)
        self.assertLess(abs(result.proven / worst - 1), mp.mpf("0.01"))


class Proof(unittest.TestCase):
    def test_bound_is_above_the_values_and_near(self):
        def error(x):
            return functions.sin(3 * x) - x + x**3
        bound = mp.mpf(prove(error, fixed(-1), fixed(1.5))) / ONE
        found = largest(error, -1, 1.5)
        self.assertGreaterEqual(bound, found)
        self.assertLess(bound, found * mp.mpf("1.002"))

    def test_narrow_peak_between_grid_points_is_seen(self):
        # 1 at 0.3001 and below 1e-4 at a distance of 0.001.
        def peak(x):
            return 1 / (1 + (10000 * x - 3001)**4)
        bound = mp.mpf(prove(peak, 0, ONE)) / ONE
        self.assertGreaterEqual(bound, 1)
        self.assertLess(bound, mp.mpf("1.01"))


class Committed(unittest.TestCase):
    """What stands in the committed file, in arithmetic of mpmath only."""

    def test_errors_are_what_the_comments_say(self):
        blocks = emit.blocks_of(tool.COMMITTED.read_text())
        for record, suffix, form in tool.jobs():
            if form.denominator or form.words:
                continue
            block = blocks[record.array(suffix)]
            said = re.search(r"error < 2\^(-[\d.]+)\.\n", block)[1]
            said = mp.mpf(2)**mp.mpf(said)
            values = [Fraction(float.fromhex(v)) for v in
                      re.findall(r"-?0x[\da-f.]+p[-+\d]+", block)]
            with self.subTest(record.name, format=suffix):
                self.assertEqual(len(values), form.degree + 1)
                found = attained(record, values)
                self.assertLessEqual(found, said)
                self.assertGreater(found, said * mp.mpf("0.97"))


class Fitting(unittest.TestCase):
    def exp_record(self, **forms):
        return Fit("Exp", "exp(x)", f=functions.exp,
                   weight=lambda x: 1 / functions.exp(x), low="-0.5",
                   high="0.5", **forms)

    def run_form(self, form, suffix="F32"):
        return fitting.run(self.exp_record(), suffix, form)

    def test_known_minimax_error(self):
        # On [-1, 1] the best line to x^2 is 1/2, with the error 1/2.
        record = Fit("Square", "x^2", f=lambda x: x * x,
                     weight=lambda x: functions.ratio(1), low="-1", high="1")
        result = fitting.run(record, "F64", Form(1))
        self.assertAlmostEqual(float(result.minimax), 0.5, places=9)
        self.assertAlmostEqual(float(result.proven), 0.5, delta=1e-3)

    def test_coefficients_are_of_the_format(self):
        for (c,) in self.run_form(Form(4)).numerator:
            self.assertEqual(c.numerator.bit_length() <= 24, True)

    def test_rounding_costs_little(self):
        result = self.run_form(Form(4))
        self.assertLess(result.proven, result.minimax * mp.mpf("1.1"))

    def test_fixed_coefficients_stay(self):
        given = {0: Fraction(1), 1: Fraction(1)}
        result = self.run_form(Form(4, fixed=given))
        self.assertEqual(result.numerator[:2], [[1], [1]])
        self.assertGreaterEqual(
            result.proven,
            attained(self.exp_record(), [sum(w) for w in result.numerator]))

    def test_words_add_precision(self):
        third = {1: Fraction(1, 3)}
        result = self.run_form(Form(2, fixed=third, words={1: 2}))
        high, low = result.numerator[1]
        self.assertLess(abs(low), abs(high) / 2**23)
        self.assertLess(abs(high + low - Fraction(1, 3)), Fraction(1, 2**48))

    def test_words_become_an_array(self):
        form = Form(2, words={1: 2})
        record = self.exp_record(f32=form)
        names = dict(emit.fit_blocks(record, "F32", form,
                                     fitting.run(record, "F32", form)))
        self.assertEqual(list(names), ["kExpF32", "kExpLowF32"])
        self.assertIn("{\n    0x0p+0, ", names["kExpLowF32"].replace(
            "0x0.0p+0", "0x0p+0"))

    def test_rational_form_beats_the_polynomial(self):
        form = Form(2, denominator=2)
        result = self.run_form(form, "F64")
        self.assertLess(result.proven, self.run_form(Form(4), "F64").proven)
        found = attained(self.exp_record(),
                         [sum(w) for w in result.numerator],
                         [sum(w) for w in result.denominator])
        self.assertLessEqual(found, result.proven)
        self.assertGreater(found, result.proven * mp.mpf("0.97"))


class Check(unittest.TestCase):
    """fit.py --check on copies of the committed file."""

    def check(self, change, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "Coefficients.inc"
            path.write_text(change(tool.COMMITTED.read_text()))
            done = subprocess.run(
                [sys.executable, str(FIT), "--check", "--file", str(path),
                 *arguments], stderr=subprocess.PIPE, text=True)
            return done.returncode, done.stderr

    def test_same_file_passes(self):
        status, message = self.check(lambda text: text, "--only", "ExpRestF32")
        self.assertEqual(status, 0, message)

    def test_broken_coefficient_is_named(self):
        def last_bit(text):
            at = text.index("0x", text.index("kExpRestF32[]")) + 8
            digit = "2" if text[at] != "2" else "4"
            return text[:at] + digit + text[at + 1:]
        status, message = self.check(last_bit, "--only", "ExpRest")
        self.assertEqual(status, 1)
        self.assertIn("kExpRestF32: ", message)
        self.assertNotIn("kExpRestF64: ", message)
        self.assertIn("remedy: run python3 tools/fit/fit.py", message)

    def test_broken_table_is_named(self):
        status, message = self.check(
            lambda text: text.replace("0x1.172b840000000p-1",
                                      "0x1.172b860000000p-1"),
            "--only", "Exp2EighthsF32")
        self.assertEqual(status, 1)
        self.assertIn("kExp2EighthsF32: ", message)

    def test_weaker_claim_is_named(self):
        status, message = self.check(
            lambda text: re.sub(r"error < 2\^-28\.24", "error < 2^-29.24",
                                text), "--only", "ExpRestF32")
        self.assertEqual(status, 1)
        self.assertIn("kExpRestF32: ", message)

    def test_array_without_a_record_is_named(self):
        text = tool.COMMITTED.read_text()
        blocks = list(emit.blocks_of(text).items())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "Coefficients.inc"
            path.write_text(text)
            found = tool.differences(path, blocks[1:], is_all=True)
            self.assertEqual(tool.differences(path, blocks, is_all=True), [])
        self.assertEqual(len(found), 1)
        self.assertIn(blocks[0][0], found[0])

    def test_unknown_name_is_refused(self):
        status, message = self.check(lambda text: text, "--only", "NoSuchFit")
        self.assertEqual(status, 1)
        self.assertIn("NoSuchFit", message)


class Records(unittest.TestCase):
    def test_names_are_unique(self):
        names = [name for record in FITS for suffix, form in record.forms()
                 for name, *_ in record.arrays(suffix, form)]
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    unittest.main()
