namespace OrleansVectors.Indexes.Rotations;

/// <summary>Another orthogonal base for vectors of one length: lengths, distances and inner products stay. Immutable; any number of threads may use it.</summary>
internal abstract unsafe class Rotation
{
    /// <summary>Writes the rotated vector; source and target may be the same.</summary>
    public abstract void Rotate(float* source, float* target);

    /// <summary>Undoes <see cref="Rotate"/> in the vector's place.</summary>
    public abstract void RotateBack(float* vector);
}
