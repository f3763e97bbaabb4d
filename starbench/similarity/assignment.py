"""Which predicted call is compared with which expected one: an exact assignment of maximum weight.

    optimal([[0.9, 1.0],
             [0.0, 0.9]])  ->  [0, 1]      0.9 + 0.9; taking the exact pair first would give 1.0 + 0.0
    in_order([[0.9, 1.0],
              [0.0, 0.9]]) ->  [1, 0]      what the released reward does: row by row, the best column still free

A weight is in [0, 1]. The answer gives each row a column or -1, and uses every row or every column, whichever are
fewer. Weights are counted in whole trillionths held in floats, so every sum in the solver is exact: the total does not
depend on the order of rows or columns, and for up to 4,000 rows nothing is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import sub

Weights = Sequence[Sequence[float]]
ONE = 1e12
"""Similarities are counted in units of 1/ONE."""


def units(similarity: float) -> float:
    """A similarity in whole trillionths; only 1.0 gives :data:`ONE`."""
    return ONE if similarity == 1.0 else min(float(round(similarity * ONE)), ONE - 1)


def total(similarities: Iterable[float]) -> float:
    """Their sum, counted exactly in trillionths, so that it is the same in any order."""
    return sum(map(units, similarities)) / ONE


def in_order(weights: Weights) -> list[int]:
    """The released reward's pairing: each row takes the best column left, the first of equals, even at weight 0."""
    free = list(range(len(weights[0]))) if weights else []
    chosen = []
    for row in weights:
        column = max(free, key=row.__getitem__, default=-1)
        chosen.append(column)
        if column >= 0:
            free.remove(column)
    return chosen


def optimal(weights: Weights) -> list[int]:
    """The pairing of largest total weight. O(rows² · columns) at worst, rows being the fewer."""
    rows, columns = len(weights), len(weights[0]) if weights else 0
    if rows > columns:
        back = optimal([[row[j] for row in weights] for j in range(columns)])
        chosen = [-1] * rows
        for j, i in enumerate(back):
            chosen[i] = j
        return chosen
    if rows == 0 or columns == 0:
        return [-1] * rows
    favourites = [max(range(columns), key=row.__getitem__) for row in weights]
    if len(set(favourites)) == rows:  # no two rows want the same column, so each gets its best
        return favourites
    return _Solver([[ONE - units(w) for w in row] for row in weights]).solve()


class _Solver:
    """Shortest augmenting paths on costs (rows <= columns), as in Jonker and Volgenant (Computing 38, 1987).

    ``price[j]`` is the dual of column j, at most 0, and 0 while the column is free; every row's column has the
    smallest reduced cost ``cost[i][j] - price[j]`` in that row. Both hold after each step, which proves the result.
    """

    def __init__(self, cost: list[list[float]]) -> None:
        self.cost = cost
        self.columns = len(cost[0])
        self.price = [0.0] * self.columns
        self.row_of = [-1] * self.columns
        self.column_of = [-1] * len(cost)

    def solve(self) -> list[int]:
        """The column of each row."""
        for row in self.bid(self.bid(list(range(len(self.cost))))):
            self.augment(row)
        return self.column_of

    def bid(self, rows: list[int]) -> list[int]:
        """One round of bids: a row takes its cheapest column and lowers its price to the second cheapest.

        A row that loses its column bids again at once where the price fell; rows still without one are returned.
        """
        left: list[int] = []
        budget = 4 * len(self.cost)
        while rows and budget:
            budget -= 1
            row = rows.pop()
            reduced = list(map(sub, self.cost[row], self.price))
            lowest = min(reduced)
            column = reduced.index(lowest)
            reduced[column] = math.inf
            second = min(reduced)
            if second > lowest:
                self.price[column] -= second - lowest
            elif self.row_of[column] >= 0:  # a tie: a free column that is as cheap ends the bidding
                column = self.cheapest_free(reduced, second, column)
            loser = self.row_of[column]
            self.row_of[column] = row
            self.column_of[row] = column
            if loser >= 0:
                self.column_of[loser] = -1
                (rows if second > lowest else left).append(loser)
        return left + rows

    def cheapest_free(self, reduced: list[float], lowest: float, otherwise: int) -> int:
        """The first free column whose reduced cost is ``lowest``, else ``otherwise``."""
        row_of = self.row_of
        return next((j for j, c in enumerate(reduced) if c == lowest and row_of[j] < 0), otherwise)

    def augment(self, row: int) -> None:
        """Give ``row`` a column along the shortest alternating path (Dijkstra over columns)."""
        cost, price, row_of = self.cost, self.price, self.row_of
        distance = list(map(sub, cost[row], price))
        origin = [row] * self.columns
        todo = list(range(self.columns))
        done: list[int] = []
        while True:
            reached = min([distance[j] for j in todo])
            nearest = [j for j in todo if distance[j] == reached]
            column = next((j for j in nearest if row_of[j] < 0), -1)
            if column >= 0:
                break
            todo = [j for j in todo if distance[j] > reached]
            done += nearest
            for near in nearest:
                via = row_of[near]
                line = cost[via]
                shift = reached - (line[near] - price[near])
                for j in todo:
                    length = line[j] - price[j] + shift
                    if length < distance[j]:
                        distance[j] = length
                        origin[j] = via
        for j in done:
            price[j] += distance[j] - reached
        while True:
            via = origin[column]
            row_of[column] = via
            self.column_of[via], column = column, self.column_of[via]
            if via == row:
                return
