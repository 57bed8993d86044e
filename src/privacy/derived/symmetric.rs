//! Symmetric 4×4 matrices: as much linear algebra as an index needs.

/// A symmetric matrix, row by row.
pub(super) type Matrix = [[f64; 4]; 4];

/// A vector.
pub(super) type Vector = [f64; 4];

/// a·b.
pub(super) fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// m·v.
pub(super) fn apply(m: &Matrix, v: &Vector) -> Vector {
    m.each_ref().map(|row| dot(row, v))
}

/// Built from a function of row and column.
pub(super) fn build(entry: impl Fn(usize, usize) -> f64) -> Matrix {
    std::array::from_fn(|row| std::array::from_fn(|column| entry(row, column)))
}

/// Entry of row and column; 0 outside.
pub(super) fn at(m: &Matrix, row: usize, column: usize) -> f64 {
    m.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0)
}

/// l·r.
pub(super) fn product(l: &Matrix, r: &Matrix) -> Matrix {
    build(|row, column| (0..4).map(|k| at(l, row, k) * at(r, k, column)).sum())
}

/// Eigenvalues, and the eigenvectors as rows, by Jacobi's rotations.
pub(super) fn eigen(matrix: &Matrix) -> (Vector, Matrix) {
    let (mut m, mut vectors) = (*matrix, build(|row, column| f64::from(u8::from(row == column))));
    let size: f64 = m.iter().flatten().map(|entry| entry.abs()).fold(0.0, f64::max);
    // Quadratic convergence: a 4×4 matrix is diagonal to the last digit after five or six sweeps.
    for _ in 0..12 {
        let mut turned = false;
        for (p, q) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
            let (mpp, mqq, mpq) = (at(&m, p, p), at(&m, q, q), at(&m, p, q));
            if mpq.abs() <= 1e-17 * size {
                continue;
            }
            turned = true;
            let theta = (mqq - mpp) / (2.0 * mpq);
            let t = 1_f64.copysign(theta) / (theta.abs() + theta.hypot(1.0));
            let c = 1.0 / t.hypot(1.0);
            rotate_rows(&mut m, p, q, c, t * c);
            for row in &mut m {
                rotate(row, p, q, c, t * c);
            }
            rotate_rows(&mut vectors, p, q, c, t * c);
        }
        if !turned {
            break;
        }
    }
    (std::array::from_fn(|k| at(&m, k, k)), vectors)
}

/// Entries p and q of a vector turned by the angle of that cosine and sine.
fn rotate(v: &mut Vector, p: usize, q: usize, c: f64, s: f64) {
    if let Ok([x, y]) = v.get_disjoint_mut([p, q]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

fn rotate_rows(m: &mut Matrix, p: usize, q: usize, c: f64, s: f64) {
    if let Ok([x, y]) = m.get_disjoint_mut([p, q]) {
        for (x, y) in x.iter_mut().zip(y) {
            (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
        }
    }
}

/// The symmetric root of a covariance matrix.
pub(super) fn root(matrix: &Matrix) -> Matrix {
    let (values, vectors) = eigen(matrix);
    let roots = values.map(|value| value.max(0.0).sqrt());
    build(|row, column| {
        vectors
            .iter()
            .zip(&roots)
            .map(|(v, root)| root * v.get(row).unwrap_or(&0.0) * v.get(column).unwrap_or(&0.0))
            .sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_rebuild_the_matrix_and_roots_square_to_it() {
        let m: Matrix = [[9.0, 2.0, 0.5, 1.0], [2.0, 25.0, 3.0, 0.0], [0.5, 3.0, 4.0, -1.0], [1.0, 0.0, -1.0, 100.0]];
        let (values, vectors) = eigen(&m);
        let rebuilt = build(|i, j| (0..4).map(|k| values[k] * vectors[k][i] * vectors[k][j]).sum());
        let r = root(&m);
        let squared = product(&r, &r);
        for i in 0..4 {
            assert!((dot(&vectors[i], &vectors[i]) - 1.0).abs() < 1e-12);
            for j in 0..4 {
                assert!((rebuilt[i][j] - m[i][j]).abs() < 1e-10 && (squared[i][j] - m[i][j]).abs() < 1e-10);
            }
        }
        let singular: Matrix = [[1.0; 4]; 4];
        let r = root(&singular);
        assert!((at(&product(&r, &r), 2, 3) - 1.0).abs() < 1e-12);
    }
}
